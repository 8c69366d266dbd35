"""One journey by a client that is generated from the contract: ask, get a token, write a draft, read its suggestions.

Called with the folder that holds the generated package, the service's address, and a client's identifier and secret.
"""

import sys

folder, base, identifier, secret = sys.argv[1:]
sys.path.insert(0, folder)

from innocap_client import AuthenticatedClient, Client  # noqa: E402
from innocap_client.api.challenges import challenge_as_ocds, create_challenge  # noqa: E402
from innocap_client.api.organisations import list_organisations  # noqa: E402
from innocap_client.api.suggestions import suggest, suggest_for_challenge  # noqa: E402
from innocap_client.api.tokens import token  # noqa: E402
from innocap_client.models import Answer, Ask, Challenge, ChallengeContent, Problem, TokenAnswer, TokenBody  # noqa: E402


def told(what, answer, kind):
    assert isinstance(answer, kind), f"{what}: {answer}"
    return answer


anyone = Client(base_url=base, timeout=60)
question = Ask.from_dict({"text": "Hur kan vi ge äldre i glesbygd vård på distans?", "country": "SE"})
asked = told("asking", suggest.sync(client=anyone, body=question), Answer)
assert asked.suggestions, "nothing was suggested"

grant = TokenBody(grant_type="client_credentials", client_id=identifier, client_secret=secret)
answer = told("the token", token.sync(client=anyone, body=grant), TokenAnswer)
client = AuthenticatedClient(base_url=base, token=answer.access_token, timeout=60)

own = list_organisations.sync(client=client, q="Demo municipality").items[0]
texts = [{"language": "sv", "title": "Digital tillsyn på natten", "summary": "Äldre ska kunna sova."}]
content = ChallengeContent.from_dict(
    {"organisation": str(own.id), "texts": texts, "cpv": ["85312000"], "country": "SE"}
)
challenge = told("writing", create_challenge.sync(client=client, body=content), Challenge)
found = told("suggestions", suggest_for_challenge.sync(challenge.id, client=client), Answer)
package = challenge_as_ocds.sync(challenge.id, client=client)

# What goes wrong is typed as well.
empty = ChallengeContent.from_dict({"organisation": str(own.id), "texts": []})
refused = told("a challenge without text", create_challenge.sync(client=client, body=empty), Problem)
assert refused.code == "invalid_document", refused

print(f"journey done: {len(asked.suggestions)}, {len(found.suggestions)}, {package.releases[0].ocid}")
