my-news = uutta viime käyntisi jälkeen
my-news-lead = Ehdotuksia haasteisiinne ja tarpeita, joihin ratkaisunne voisivat vastata: uudet ja muuttuneet siitä, kun viimeksi avasit ne.
my-news-nothing = Uutta ei ole tullut.
my-news-since = { $day } jälkeen
my-new-suggestions = { $count ->
    [one] { $count } ehdotus
   *[other] { $count } ehdotusta
}
my-new-needs = { $count ->
    [one] { $count } tarve
   *[other] { $count } tarvetta
}
my-renew = Viimeksi muutettu { $day }. Pitääkö se yhä paikkansa?
