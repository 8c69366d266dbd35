field-publiccode = publiccode.yml
field-publiccode-hint = Avoimelle ohjelmistolle: koodivaraston tai tiedoston osoite tai sen teksti. Se täyttää tyhjät kohdat.
writing-prefill = Täytä publiccode.yml-tiedostosta
