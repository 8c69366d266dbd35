formats-title = Fyrir forrit
format-json = Þessi færsla (JSON)
format-ocds = OCDS, áætlun
format-eforms = eForms E1, beinagrind
format-jsonld = schema.org (JSON-LD)
format-publiccode = publiccode.yml
docs-guide = Byrjaðu á fimm mínútum: curl, Python, TypeScript
