my-news = nýtt síðan þú leist síðast við
my-news-lead = Tillögur að áskorunum ykkar og þarfir sem lausnir ykkar gætu svarað og hafa komið eða breyst síðan þú opnaðir þær síðast.
my-news-nothing = Ekkert nýtt hefur komið.
my-news-since = síðan { $day }
my-new-suggestions = { $count ->
    [one] { $count } tillaga
   *[other] { $count } tillögur
}
my-new-needs = { $count ->
    [one] { $count } þörf
   *[other] { $count } þarfir
}
my-renew = Síðast breytt { $day }. Gildir það enn?
