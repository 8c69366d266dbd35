field-publiccode = publiccode.yml
field-publiccode-hint = För öppen programvara: adressen till kodförrådet eller filen, eller dess text. Den fyller i det som är tomt.
writing-prefill = Fyll i från publiccode.yml
