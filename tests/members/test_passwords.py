"""Hashing is work for a thread: the others are served meanwhile."""

import json
import subprocess
import sys

from services.members import passwords

HASHES = """
import eventlet
eventlet.monkey_patch()
import json, threading, time
from pathlib import Path
from services.members import passwords

schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")

def clock():  # without what this thread waited for a processor behind other processes
    return time.perf_counter() - int(schedule.read_text().split()[1]) / 1e9

passwords.is_right(None, "warm up")
stalls, hashing = [], True

def tick():
    while hashing:
        before = clock()
        eventlet.sleep(0.001)
        stalls.append(clock() - before)

ticking = eventlet.spawn(tick)
hashed = list(eventlet.GreenPool(4).imap(passwords.hash_of, ["one", "two", "three", "four"]))
hashing = False
ticking.wait()
print(json.dumps({"longest": max(stalls), "ticks": len(stalls), "made": len(set(hashed))}))
"""


def test_the_hub_never_stalls_while_four_passwords_are_hashed() -> None:
    done = subprocess.run([sys.executable, "-c", HASHES], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["made"] == 4
    assert told["ticks"] > 20
    assert told["longest"] < 0.05, told


def test_a_password_is_known_again_and_nothing_else_is() -> None:
    kept = passwords.hash_of("un mot de passe")
    assert kept.startswith("$argon2id$")
    assert passwords.is_right(kept, "un mot de passe")
    assert not passwords.is_right(kept, "un mot de passé")
    assert not passwords.is_right(None, "the password of nobody")
    assert not passwords.is_right("no hash", "un mot de passe")
