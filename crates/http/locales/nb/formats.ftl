formats-title = For programmer
format-json = Denne posten (JSON)
format-ocds = OCDS, planlegging
format-eforms = eForms E1, skjelett
format-jsonld = schema.org (JSON-LD)
format-publiccode = publiccode.yml
docs-guide = Begynn på fem minutter: curl, Python, TypeScript
