formats-title = For programs
format-json = This record (JSON)
format-ocds = OCDS planning release
format-eforms = eForms E1 skeleton
format-jsonld = schema.org (JSON-LD)
format-publiccode = publiccode.yml
docs-guide = Begin in five minutes: curl, Python, TypeScript
