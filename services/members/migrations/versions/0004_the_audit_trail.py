"""What is done by right leaves a row that nobody changes; what members had written down so far is in it.

`audit` is unread and unwritten from now on, and dropped in a later release.
"""

from alembic import op

from bus import migrations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    migrations.trail_0001()
    op.execute("""
        insert into trail (deed_id, at, person_id, door, objects, facts, trace_id)
        select uuidv7(a.at - clock_timestamp()), a.at, a.person_id,
               case when a.act = 'right.grant' then 'members.grant_right'
                    when a.act = 'right.revoke' then 'members.revoke_right'
                    when a.act = 'consent.sign' then 'members.renew_consent'
                    when a.act = 'consent.end' then 'members.end_consent'
                    else 'members.decide_membership' end,
               array_remove(array[g.object_id, m.market_id, c.town_id], null),
               a.details || jsonb_strip_nulls(jsonb_build_object(
                 'grant_id', g.grant_id, 'membership_id', m.membership_id, 'consent_id', c.consent_id,
                 'person_id', coalesce(g.person_id, m.person_id, c.consumer_id),
                 'decision', case when m.membership_id is not null then split_part(a.act, '.', 2) end)), ''
        from audit a
          left join grants g on g.grant_id = a.subject_id
          left join memberships m on m.membership_id = a.subject_id
          left join consents c on c.consent_id = a.subject_id
    """)
