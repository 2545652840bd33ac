"""Real STIX content, imported by the command line or written by POST, and read back: nothing lost,
nothing changed, and every object accounted for.

Where a file has an object twice, the first is kept; a repetition is already there when it says the
same, and refused when it does not.
"""
import json
from decimal import Decimal

import pytest
from conftest import NEEDED
from content import TAXII, read_objects, session_with, version_of, walked

FOLDER = NEEDED['test_real_content.py']
EVERYTHING = {'match[version]': 'all', 'match[spec_version]': '2.0,2.1'}
A_POST = 1000

each_file = pytest.mark.parametrize(
    'path', sorted(FOLDER.glob('*.json')), ids=lambda path: path.stem
)


@each_file
def test_comes_back_as_it_was(running, key, fresh, path):
    sent = read_objects(path)
    expected = {}
    differing = [n for n, each in enumerate(sent) if expected.setdefault(version_of(each), each) != each]
    told = running.cli(
        'import', str(path), '--collection', fresh['alias'], exit_code=1 if differing else 0
    )
    assert (told['received'], told['added']) == (len(sent), len(expected))
    assert [each['index'] for each in told['reasons']] == differing
    url = f'{running.collection_url(fresh)}objects/'
    for following, limit in (('next', 100), ('header', 100), ('next', 1000), ('header', 1000)):
        got = walked(session_with(key), url, {'limit': limit, **EVERYTHING}, following)
        assert [version_of(each) for each in got] == list(expected)
        assert got == list(expected.values())


def posted(session, url, text):
    """The status, which is the same when it is asked for."""
    reply = session.post(url, data=text.encode('utf-8'), headers={'Content-Type': TAXII})
    assert reply.status_code == 202, reply.text
    told = reply.json()
    later = session.get(f'{url.split("collections/")[0]}status/{told["id"]}/')
    assert (later.status_code, later.json()) == (200, told)
    return told


def expect_account(told, sent, differing):
    """Every object of the request stands in one of the lists, in the order in which it was sent."""
    failed = [each['id'] for n, each in enumerate(sent) if n in differing]
    stored = [each['id'] for n, each in enumerate(sent) if n not in differing]
    assert [each['id'] for each in told.get('successes', [])] == stored
    assert [each['id'] for each in told.get('failures', [])] == failed
    assert all(each['message'] for each in told.get('failures', []))
    assert told['status'] == 'complete'
    assert [told[f'{count}_count'] for count in ('total', 'success', 'failure', 'pending')] == [
        len(sent),
        len(stored),
        len(failed),
        0,
    ]


@each_file
def test_is_written_by_post_and_accounted_for(running, key, fresh, path):
    objects = json.loads(path.read_text('utf-8'))
    objects = objects if isinstance(objects, list) else objects['objects']
    url = f'{running.collection_url(fresh)}objects/'
    session = session_with(key)
    bodies, expected, reported = [], {}, []
    for start in range(0, len(objects), A_POST):
        text = json.dumps({'objects': objects[start : start + A_POST]}, ensure_ascii=False)
        sent = json.loads(text, parse_float=Decimal)['objects']
        differing = {
            n for n, each in enumerate(sent) if expected.setdefault(version_of(each), each) != each
        }
        told = posted(session, url, text)
        expect_account(told, sent, differing)
        bodies.append((text, sent, differing))
        reported += [(each['id'], each['version']) for each in told['successes']]
    assert len(bodies) == -(-len(objects) // A_POST)
    for following in ('next', 'header'):
        got = walked(session, url, {'limit': 1000, **EVERYTHING}, following)
        assert got == list(expected.values())
    records = walked(session, f'{running.collection_url(fresh)}manifest/', EVERYTHING, 'next')
    assert [(each['id'], each['version']) for each in records] == list(dict.fromkeys(reported))
    # Once more: all is there already, and nothing moves.
    for text, sent, differing in bodies:
        expect_account(posted(session, url, text), sent, differing)
    again = walked(session, f'{running.collection_url(fresh)}manifest/', EVERYTHING, 'next')
    assert again == records
