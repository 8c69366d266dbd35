start-ways = Varifrån kommer du?
start-public-body = En kommun eller myndighet
start-public-body-what = Skriv vad som måste fungera bättre. Du får förslag med skäl och ett urval till akten.
start-company = Ett företag eller en förening
start-company-what = Registrera det ni erbjuder på fem minuter och se vilka behov det kan svara på.
start-university = Ett universitet eller forskningsinstitut
start-university-what = Erbjud resultat, testbäddar och människor som kan, och hitta dem som behöver dem.
start-expertise = Erbjud expertis
