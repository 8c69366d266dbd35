field-publiccode = publiccode.yml
field-publiccode-hint = For åben software: adressen på kodelageret eller filen, eller teksten. Den udfylder det, der er tomt.
writing-prefill = Udfyld fra publiccode.yml
