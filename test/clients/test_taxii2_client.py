"""OASIS taxii2-client, the base of most Python consumers, through everything it can do."""
from datetime import datetime, timezone

import pytest
import requests
from content import CREATED, indicator, stix_id, version_of
from taxii2client.common import TokenAuth
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

LATER = '2024-06-01T10:00:00.000Z'
SAMPLE = 'soc-defenders-all'


def open_collection(running, key, collection):
    return Collection(running.collection_url(collection), user='apikey', password=key)


@pytest.fixture
def sample(running, key):
    return open_collection(running, key, running.collection(SAMPLE))


@pytest.fixture
def writable(running, key, fresh):
    return open_collection(running, key, fresh)


def test_walks_from_discovery_to_objects(running, key):
    server = Server(running.discovery, user='apikey', password=key)
    assert server.title
    assert server.default is not None
    assert [root.url for root in server.api_roots] == [running.root]
    root = server.default
    assert root.title
    assert root.versions == ['application/taxii+json;version=2.1']
    assert root.max_content_length > 0
    by_id = {each.id: each for each in root.collections}
    for known in running.collections:
        found = by_id[known['id']]
        assert (found.title, found.alias) == (known['title'], known['alias'])
        assert found.can_read
        envelope = found.get_objects()
        assert envelope['objects']
        assert envelope['more'] is True


def test_views_are_never_writable(running, key):
    for alias, expected in ((SAMPLE, True), ('soc-defenders-hashes', False)):
        assert open_collection(running, key, running.collection(alias)).can_write is expected


@pytest.mark.parametrize('resource', ['get_objects', 'get_manifest'])
@pytest.mark.parametrize('per_request', [7, 100, 1000, 5000])
def test_pages_give_every_object_once(running, key, writable, resource, per_request):
    sent = [indicator() for _ in range(max(25, min(2 * per_request + 5, 1205)))]
    for at in range(0, len(sent), 500):
        assert writable.add_objects({'objects': sent[at : at + 500]}).failure_count == 0
    got = [
        each['id']
        for page in as_pages(getattr(writable, resource), per_request=per_request)
        for each in page['objects']
    ]
    assert got == [each['id'] for each in sent]


@pytest.mark.parametrize('per_request', [100, 1000])
def test_pages_of_a_filtered_sample_feed(sample, per_request):
    def ids(**filters):
        found = as_pages(sample.get_objects, per_request=per_request, **filters)
        return [each['id'] for page in found for each in page['objects']]

    everything = ids()
    assert len(everything) == len(set(everything))
    indicators = ids(type='indicator')
    others = ids(type=['identity', 'marking-definition'])
    assert sorted(indicators + others) == sorted(everything)
    assert ids(id=indicators[:3]) == [each for each in everything if each in indicators[:3]]


def test_manifest_tells_what_the_objects_are(sample):
    def everything(resource):
        return [
            each for page in as_pages(resource, per_request=1000) for each in page['objects']
        ]

    objects = {each['id']: each for each in everything(sample.get_objects)}
    records = everything(sample.get_manifest)
    assert len(records) == len(objects)
    assert [each['date_added'] for each in records] == sorted({r['date_added'] for r in records})
    for record in records:
        assert record['media_type'] == 'application/stix+json;version=2.1'
        known = objects[record['id']]
        assert record['version'] == known.get('modified', known['created'])


def test_delta_polls_get_only_what_came_since(writable):
    before = [indicator() for _ in range(5)]
    writable.add_objects({'objects': before})
    seen = writable.get_manifest()['objects'][-1]['date_added']
    assert writable.get_objects(added_after=seen)['objects'] == []
    mark = datetime.fromisoformat(seen.replace('Z', '+00:00'))
    after = [indicator() for _ in range(5)]
    writable.add_objects({'objects': after})
    for added_after in (seen, mark):
        assert writable.get_objects(added_after=added_after)['objects'] == after
    everything = writable.get_objects(added_after=datetime(1970, 1, 1, tzinfo=timezone.utc))
    assert everything['objects'] == before + after


def test_versions_of_one_object(writable):
    first = indicator()
    second = {**first, 'modified': LATER, 'confidence': 85}
    writable.add_objects({'objects': [second, first]})
    assert writable.get_object(first['id'])['objects'] == [second]
    everything = writable.get_object(first['id'], version='all')['objects']
    assert sorted(map(version_of, everything)) == sorted(map(version_of, (first, second)))
    assert sorted(writable.object_versions(first['id'])['versions']) == [CREATED, LATER]
    assert writable.get_object(first['id'], version=CREATED)['objects'] == [first]


def test_an_object_that_is_not_there(writable):
    with pytest.raises(requests.HTTPError) as refused:
        writable.get_object(stix_id('indicator'))
    assert refused.value.response.status_code == 404


def test_adding_waits_for_a_final_status(running, key, writable):
    sent = [indicator(), indicator()]
    bad = {**indicator(), 'created': 'yesterday'}
    status = writable.add_objects({'objects': [*sent, bad]}, wait_for_completion=True, timeout=10)
    assert status.status == 'complete'
    assert (status.total_count, status.success_count, status.failure_count) == (3, 2, 1)
    assert {each['id'] for each in status.successes} == {each['id'] for each in sent}
    assert [each['id'] for each in status.failures] == [bad['id']]
    again = ApiRoot(running.root, user='apikey', password=key).get_status(status.id)
    assert again._raw == status._raw


def test_adding_twice_is_success(writable):
    sent = indicator()
    for _ in range(2):
        assert writable.add_objects({'objects': [sent]}).success_count == 1
    assert writable.get_objects(version='all')['objects'] == [sent]


def test_deleting_one_version_and_then_the_object(writable):
    first = indicator()
    second = {**first, 'modified': LATER}
    writable.add_objects({'objects': [first, second]})
    writable.delete_object(first['id'], version=LATER)
    assert writable.get_objects()['objects'] == [first]
    writable.delete_object(first['id'])
    assert writable.get_objects() == {**writable.get_objects(), 'objects': [], 'more': False}


def test_token_authentication(running, key):
    server = Server(running.discovery, auth=TokenAuth(key=key))
    assert [each.id for each in server.default.collections]


def test_the_key_as_the_user_name(running, key):
    assert Server(running.discovery, user=key, password='x').default.collections


@pytest.mark.parametrize('user', ['apikey', 'anyone'])
def test_a_bad_key_is_refused(running, key, user):
    wrong = key[:-1] + ('a' if key[-1] != 'a' else 'b')
    with pytest.raises(requests.HTTPError) as refused:
        Server(running.discovery, user=user, password=wrong).title
    assert refused.value.response.status_code == 401


def test_reading_keys_cannot_write(running):
    reader = open_collection(running, running.keys['pro'], running.collection(SAMPLE))
    assert reader.can_write is False
