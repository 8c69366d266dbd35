formats-title = Til programmer
format-json = Denne post (JSON)
format-ocds = OCDS, planlægning
format-eforms = eForms E1, skelet
format-jsonld = schema.org (JSON-LD)
format-publiccode = publiccode.yml
docs-guide = Begynd på fem minutter: curl, Python, TypeScript
