"""A hundred thousand indicators, imported from a file and walked back in both ways."""
import json
import os
import subprocess
from decimal import Decimal

from conftest import NEEDED
from content import session_with, version_of, walked

GENERATOR = NEEDED['test_volume.py']
COUNT = int(os.environ.get('TAXII_EDGE_VOLUME', '100000'))


def generated(path):
    with path.open('wb') as file:
        subprocess.run(
            ['node', str(GENERATOR), '--count', str(COUNT), '--seed', '1', '--revisions', '0.02'],
            stdout=file,
            check=True,
        )
    return path


def test_every_object_comes_back_once(running, key, fresh, tmp_path):
    path = generated(tmp_path / 'indicators.ndjson')
    with path.open() as lines:
        sent = [json.loads(line, parse_float=Decimal) for line in lines]
    told = running.cli('import', str(path), '--collection', fresh['alias'])
    assert (told['received'], told['added'], told['refused']) == (len(sent), len(sent), 0)
    url = f'{running.collection_url(fresh)}objects/'
    for following in ('next', 'header'):
        query = {'limit': 1000, 'match[version]': 'all'}
        got = walked(session_with(key), url, query, following)
        assert len(got) == len(sent)
        assert got == sent
    latest = {}
    for each in sent:
        latest[each['id']] = max(latest.get(each['id'], ''), version_of(each)[1] or '')
    current = walked(session_with(key), url, {'limit': 1000}, 'next')
    assert {each['id']: version_of(each)[1] or '' for each in current} == latest
    assert len(current) == len(latest)
