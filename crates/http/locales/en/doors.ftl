start-ways = Where do you come from?
start-public-body = A municipality or agency
start-public-body-what = Write what must work better. You get suggestions with reasons, and a shortlist for the file.
start-company = A company or association
start-company-what = Register what you offer in five minutes, and see which needs it could answer.
start-university = A university or research institute
start-university-what = Offer results, test beds and people who know, and find who needs them.
start-expertise = Offer expertise
