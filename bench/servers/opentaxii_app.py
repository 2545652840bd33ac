"""OpenTAXII as a WSGI application. Release 0.9.3 stores what is posted and then fails to write its
own answer, since a status id is a UUID; with this it answers as its later releases do."""
import json
from functools import partial
from types import SimpleNamespace

import opentaxii.taxii2.http

opentaxii.taxii2.http.json = SimpleNamespace(dumps=partial(json.dumps, default=str))

from opentaxii.http import app  # noqa: E402, F401
