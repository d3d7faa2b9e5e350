"""From an object of the bucket to the chunks of an index: parse, cut, tell what is newest, write.

Uses what stands below it: `models`, `errors`, `settings`, `object_keys`, `ports`, `text`.
"""
