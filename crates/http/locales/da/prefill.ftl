field-publiccode = publiccode.yml
field-publiccode-hint = Til open source-software: adressen på kodelageret eller filen, eller teksten. Den udfylder det, der er tomt.
writing-prefill = Udfyld fra publiccode.yml
