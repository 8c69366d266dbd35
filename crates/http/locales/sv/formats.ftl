formats-title = För program
format-json = Den här posten (JSON)
format-ocds = OCDS, planering
format-eforms = eForms E1, stomme
format-jsonld = schema.org (JSON-LD)
format-publiccode = publiccode.yml
docs-guide = Börja på fem minuter: curl, Python, TypeScript
