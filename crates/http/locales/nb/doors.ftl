start-ways = Hvor kommer du fra?
start-public-body = En kommune eller etat
start-public-body-what = Skriv hva som må virke bedre. Du får forslag med begrunnelse og et utvalg til saken.
start-company = En bedrift eller forening
start-company-what = Registrer det dere tilbyr på fem minutter, og se hvilke behov det kan svare på.
start-university = Et universitet eller forskningsinstitutt
start-university-what = Tilby resultater, testarenaer og folk som kan, og finn dem som trenger dem.
start-expertise = Tilby ekspertise
