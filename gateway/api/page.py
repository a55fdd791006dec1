"""How the API's document is shown: one page, server-rendered, readable without script."""

STYLE = """\
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, .method { font-family: ui-monospace, monospace; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
details { border-top: 1px solid #8886; padding: .4rem 0; }
summary { cursor: pointer; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; }
pre { white-space: pre-wrap; }
"""
PAGE = """\
{% macro kind(schema) -%}
{%- if schema['$ref'] -%}
<a href="#{{ schema['$ref'].split('/')[-1] }}">{{ schema['$ref'].split('/')[-1] }}</a>
{%- elif schema.type == 'array' -%}list of {{ kind(schema['items'] or {}) }}
{%- elif schema.anyOf -%}
{%- for one in schema.anyOf %}{{ kind(one) }}{{ ' or ' if not loop.last }}{% endfor -%}
{%- elif schema.enum -%}{{ schema.enum | join(' | ') }}
{%- else -%}{{ schema.type or 'anything' }}{{ ' (' ~ schema.format ~ ')' if schema.format }}
{%- endif -%}
{%- endmacro %}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ document.info.title }} API</title>
<link rel="stylesheet" href="/api/v1/docs.css">
</head>
<body>
<h1>{{ document.info.title }} API</h1>
<p>{{ document.info.description }}</p>
<p><a href="/api/v1/openapi.json">openapi.json</a> ({{ document.openapi }})</p>
{% for tag in document.tags %}
<h2 id="part-{{ tag.name }}">{{ tag.name }}</h2>
<p>{{ tag.description }}</p>
{% for it in parts[tag.name] %}
<details id="{{ it.operationId }}">
<summary><span class="method">{{ it.method }}</span> <code>{{ it.path }}</code> {{ it.summary }}
</summary>
<pre>{{ it.description }}</pre>
{% if it.parameters %}
<table><caption>Parameters</caption>
<tr><th>Name</th><th>In</th><th>Kind</th><th>Needed</th></tr>
{% for one in it.parameters %}
<tr><td><code>{{ one.name }}</code></td><td>{{ one.in }}</td><td>{{ kind(one.schema) }}</td>
<td>{{ 'yes' if one.required else 'no' }}</td></tr>
{% endfor %}
</table>
{% endif %}
{% if it.requestBody %}
{% for type, media in it.requestBody.content.items() %}
<p>Body: {{ type }}, {{ kind(media.schema) }}</p>
{% endfor %}
{% endif %}
<table><caption>Answers</caption>
{% for status, one in it.responses.items() %}
<tr><td>{{ status }}</td><td>{{ one.description }}</td>
<td>{% for type, media in (one.content or {}).items() %}{{ type }} {{ kind(media.schema or {}) }}
{% endfor %}</td></tr>
{% endfor %}
</table>
</details>
{% endfor %}
{% endfor %}
<h2>Models</h2>
{% for name, model in document.components.schemas | dictsort %}
<h3 id="{{ name }}">{{ name }}</h3>
<pre>{{ model.description or '' }}</pre>
{% if model.properties %}
<table><tr><th>Field</th><th>Kind</th><th>Needed</th></tr>
{% for field, schema in model.properties.items() %}
<tr><td><code>{{ field }}</code></td><td>{{ kind(schema) }}</td>
<td>{{ 'yes' if field in (model.required or []) else 'no' }}</td></tr>
{% endfor %}
</table>
{% elif model.enum %}<p>{{ model.enum | join(' | ') }}</p>{% endif %}
{% endfor %}
</body>
</html>
"""
