"""Files in: reading, checking and writing what other systems export. See docs/importing.md.

`dialect`, `records`, `dates`, `numbers`, `columns`, `kinds`, `mapping`, `checks`, `problems`, `reading` and `sources`
are pure; `staging`, `references`, `loaders`, `settling` and `running` know the database.
"""
