field-publiccode = publiccode.yml
field-publiccode-hint = Fyrir opinn hugbúnað: slóð kóðasafnsins eða skrárinnar, eða texti hennar. Hún fyllir í það sem er autt.
writing-prefill = Fylla út úr publiccode.yml
