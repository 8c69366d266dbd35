start-ways = Hvor kommer du fra?
start-public-body = En kommune eller myndighed
start-public-body-what = Skriv, hvad der skal virke bedre. Du får forslag med begrundelse og et udvalg til sagen.
start-company = En virksomhed eller forening
start-company-what = Registrer det, I tilbyder, på fem minutter, og se, hvilke behov det kan svare på.
start-university = Et universitet eller forskningsinstitut
start-university-what = Tilbyd resultater, testfaciliteter og folk, der ved noget, og find dem, der har brug for dem.
start-expertise = Tilbyd ekspertise
