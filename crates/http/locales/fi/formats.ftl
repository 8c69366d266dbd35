formats-title = Ohjelmille
format-json = Tämä tietue (JSON)
format-ocds = OCDS-suunnittelujulkaisu
format-eforms = eForms E1 -runko
format-jsonld = schema.org (JSON-LD)
format-publiccode = publiccode.yml
docs-guide = Alkuun viidessä minuutissa: curl, Python, TypeScript
