field-publiccode = publiccode.yml
field-publiccode-hint = Avoimen lähdekoodin ohjelmistolle: koodivaraston tai tiedoston osoite tai sen teksti. Se täyttää tyhjät kohdat.
writing-prefill = Täytä publiccode.yml-tiedostosta
