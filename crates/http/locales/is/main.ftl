skip-to-content = Fara beint í efnið
navigation = Aðalvalmynd
languages = Tungumál
api-documentation = Leiðbeiningar um forritaskil
start-title = Þarfir hins opinbera við hlið þess sem þegar er til
start-what = Opinber aðili lýsir þörf með eigin orðum og á sínu tungumáli. Innocap svarar með vörum, þjónustu, rannsóknarniðurstöðum og fólki sem gæti mætt henni og segir hvers vegna.
start-honest = Þegar ekkert hentar er það sagt.
start-solutions = { $count ->
    [one] { $count } lausn
   *[other] { $count } lausnir
}
start-challenges = { $count ->
    [one] { $count } opin þörf
   *[other] { $count } opnar þarfir
}
start-for-systems = Fyrir innkaupa- og málakerfi
start-list-solutions = Lausnirnar sem JSON
start-list-challenges = Þarfirnar sem JSON
docs-operations = Aðgerðir
docs-schemas = Gagnasnið
docs-errors = Villur
docs-needs-token = Krefst bearer-auðkennis.
docs-parameters = Færibreytur fyrir
docs-parameter = Færibreyta
docs-place = Hvar
docs-meaning = Merking
docs-code = Kóði
docs-remedy = Hvað er til ráða
