my-title = Mín síða
my-no-organisation = Þú tilheyrir engri stofnun enn. Skráðu þína eða biddu einhvern eiganda hennar að bjóða þér.
my-nothing = Hér hefur ekkert verið skrifað enn.
organisation-new = Skrá stofnun
challenge-new = Skrifa áskorun
solution-new = Skrá lausn
edit = Breyta
status-is-draft = Drög
status-is-published = Birt
status-is-in-dialogue = Í samtali
kind-organisation = Stofnun
kind-challenge = Áskorun
kind-solution = Lausn
nothing-here = Hér er ekkert.
nothing-waits = Ekkert bíður.
fault-as-things-stand = Þetta er ekki hægt eins og er. Einhver kann að hafa gert það þegar, eða stofnun yrði án eiganda.
field-reason = Ástæða
field-reason-hint = Hlutaðeigandi fá hana með þínum orðum.
field-role = Hlutverk
operator-title = Rekstur
reviews-title = Yfirferðir
reports-title = Tilkynningar
people-title = Fólk
outbox-title = Úthólf
index-title = Yfirlit og heimildir
audit-title = Atburðaskrá
review-approve = Samþykkja
review-refuse = Hafna
review-approved = Samþykkt
review-refused = Hafnað
review-waits = Bíður yfirferðar
queue-open = Það sem bíður
queue-decided = Það sem er afgreitt
report-spam = Auglýsing eða rusl
report-misleading = Villandi
report-illegal = Ólöglegt
report-personal-data = Sýnir persónuupplýsingar
report-rights = Brýtur á rétti einhvers
report-other = Annað
report-suspend = Fela
report-dismiss = Vísa frá
report-upheld = Tekin til greina
report-dismissed = Vísað frá
role-none = ekkert hlutverk í þjónustunni
role-moderator = umsjónarmaður
role-operator = rekstraraðili
person-suspend = Loka aðgangi
person-restore = Opna aftur
person-suspended = Lokað: { $reason }
mail-sent = sent
mail-parked = ekki reynt aftur
mail-waiting = bíður
mail-retry = Reyna aftur
outbox-no-mail = Enginn póstþjónn er uppsettur. Það sem hér stendur fer hvergi af sjálfu sér: komdu því áfram eða settu upp þjón.
index-lead = Hversu langt þessi þjónn hefur lesið það sem skrifað var.
index-model = Líkan
index-indexed = Lesnar breytingar
index-without-vector = Textar sem á eftir að reikna merkingu fyrir
index-rebuild = Byggja yfirlitið upp á nýtt
index-rebuilding = Verið er að byggja yfirlitið upp á nýtt. Endurhladdu síðuna til að sjá hvernig gengur.
sources-title = Heimildir
inside-public = Opinber síða
inside-edit = Breyta stofnuninni
members-title = Meðlimir
member-leave = Hætta
invitations-title = Boð
invitations-lead = Eigendur ákveða hverjir eru meðlimir, ritstjórar skrifa, lesendur lesa drög.
invitation-until = til { $day }
invite-button = Bjóða
clients-title = API-biðlarar
clients-lead = Forrit sem vinna fyrir stofnunina. Hvert má aðeins gera það sem heimildir þess segja.
client-used = síðast notað { $day }
client-unused = ekki notað enn
client-renew = Nýtt leyndarmál
client-name = Heiti forritsins
client-scopes = Heimildir
client-create = Búa til biðlara
client-secret = Geymdu þetta núna: leyndarmálið birtist ekki aftur.
standing-title = Staðfesting
standing-verified = Staðfest
standing-unverified = Ekki staðfest enn
standing-unverified-means = Drög má skrifa nú þegar. Birting er möguleg þegar vitað er hver stofnunin er.
standing-suspended = Falin
standing-by-operator = af rekstraraðila
standing-by-domain = með netfangi hjá { $domain }
standing-prove = Staðfesta með netfanginu mínu
standing-prove-lead = Ef staðfest netfang þitt er hjá léni vefseturs stofnunarinnar er hún staðfest strax. Annars skoðar rekstraraðili málið.
standing-not-proved = Netfangið þitt er ekki hjá léni vefseturs stofnunarinnar. Rekstraraðili skoðar málið.
reviews-open = { $count ->
    [one] { $count } yfirferð bíður
   *[other] { $count } yfirferðir bíða
}
reports-open = { $count ->
    [one] { $count } tilkynning bíður
   *[other] { $count } tilkynningar bíða
}
outbox-open = { $count ->
    [one] { $count } póstur er ósendur
   *[other] { $count } póstar eru ósendir
}
index-behind = { $count ->
    [one] { $count } breyting er ekki skráð í yfirlit enn
   *[other] { $count } breytingar eru ekki skráðar í yfirlit enn
}
