"""
What programs read: `wagtail_v2` is Wagtail's own API at /api/v2/, the rest is ours at /api/v1.

`v1` lists the addresses. Every request passes `gate`; a list asks the library's own `search`,
`cards` reads what was found, `content` turns a page into blocks, `bringing_in` takes contributions.
"""
