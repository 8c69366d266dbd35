field-publiccode = publiccode.yml
field-publiccode-hint = For åpen programvare: adressen til kodelageret eller filen, eller teksten. Den fyller ut det som er tomt.
writing-prefill = Fyll ut fra publiccode.yml
