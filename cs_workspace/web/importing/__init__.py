"""Files in: reading, checking and writing what other systems export. See docs/importing.md.

`dialect`, `records`, `dates`, `numbers`, `readings`, `columns`, `kinds`, `mapping`, `checks`, `problems` and `sources`
are pure; `staging`, `writers` and `running` know the database.
"""
