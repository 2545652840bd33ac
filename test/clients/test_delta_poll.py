"""A loop of the published kind: only `added_after` from the header, while the feed grows."""
import json
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from content import indicator, session_with, version_of

OBJECTS = 600


class Poller:
    """Keeps one checkpoint and every version it was ever given."""

    def __init__(self, session, url, limit, cut):
        self.session, self.url, self.limit, self.cut = session, url, limit, cut
        self.checkpoint = '1970-01-01T00:00:00Z'
        self.got = []

    def poll(self):
        """Until a page is short; answers how many pages that took."""
        for count in range(1, OBJECTS * 2):
            query = {'added_after': self.checkpoint, 'limit': self.limit, 'match[version]': 'all'}
            reply = self.session.get(self.url, params=query)
            reply.raise_for_status()
            objects = reply.json().get('objects', [])
            self.got += map(version_of, objects)
            last = reply.headers.get('X-TAXII-Date-Added-Last')
            self.checkpoint = self.checkpoint if last is None else self.cut(last)
            if len(objects) < self.limit:
                return count
        raise AssertionError('the loop has no end')


CUTS = {
    'as it is': lambda last: last,
    'cut to milliseconds': lambda last: last[:23] + 'Z',
}


@pytest.mark.parametrize('limit', [1, 7, 100, 1000])
@pytest.mark.parametrize('cut', CUTS)
def test_a_poller_misses_nothing_while_others_write(running, key, fresh, limit, cut):
    url = f'{running.collection_url(fresh)}objects/'
    poller = Poller(session_with(key), url, limit, CUTS[cut])
    sent = [indicator(modified=f'2024-05-{1 + n % 28:02}T10:00:00.000Z') for n in range(OBJECTS)]
    parts = [sent[at : at + 30] for at in range(0, OBJECTS, 30)]
    random.Random(limit).shuffle(parts)

    def write(part):
        reply = session_with(key).post(
            url,
            data=json.dumps({'objects': part}),
            headers={'Content-Type': 'application/taxii+json;version=2.1'},
        )
        assert reply.status_code == 202
        assert reply.json()['success_count'] == len(part)

    with ThreadPoolExecutor(4) as writers:
        writing = [writers.submit(write, part) for part in parts]
        while not all(each.done() for each in writing):
            poller.poll()
        for each in writing:
            each.result()
    poller.poll()
    assert sorted(poller.got) == sorted(map(version_of, sent))
    assert poller.poll() == 1
    assert len(poller.got) == OBJECTS
