"""Metrics as Prometheus' own Python reader takes them, and true to what a client just did."""
import requests
from content import session_with
from prometheus_client.parser import text_string_to_metric_families


def scrape(running):
    reply = requests.get(
        f'{running.url}/admin/metrics',
        headers={'Authorization': f'Bearer {running.admin_token}', 'Accept': 'text/plain'},
        timeout=30,
    )
    reply.raise_for_status()
    assert reply.headers['Content-Type'] == 'text/plain; version=0.0.4'
    return {family.name: family for family in text_string_to_metric_families(reply.text)}


def value_of(families, name, **labels):
    family = families[name.removesuffix('_total').removesuffix('_count')]
    found = [
        sample.value
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(found)


def test_every_family_is_read_with_its_type_and_help(running):
    for family in scrape(running).values():
        assert family.type in ('counter', 'gauge', 'histogram')
        assert family.documentation
        assert family.samples


def test_requests_are_counted_one_by_one(running, key, fresh):
    before = scrape(running)
    session = session_with(key)
    for _ in range(7):
        session.get(f'{running.collection_url(fresh)}objects/').raise_for_status()
    after = scrape(running)
    for name in (
        'taxii_isolate_requests_total',
        'taxii_isolate_request_duration_seconds_count',
    ):
        operation = 'getTAXIIObjects'
        risen = value_of(after, name, operation=operation) - value_of(
            before, name, operation=operation
        )
        assert risen == 7


def test_a_new_collection_is_there(running, fresh):
    families = scrape(running)
    info = families['taxii_collection_info'].samples
    assert fresh['alias'] in {sample.labels['alias'] for sample in info}
    assert value_of(families, 'taxii_database_up', database='DB') == 1
