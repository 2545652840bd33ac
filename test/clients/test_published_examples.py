"""The examples of the published contract, run as they are printed, but for host, key and start."""
import json
import re
import subprocess
import textwrap
import time
from datetime import datetime, timedelta, timezone

import pytest
from conftest import NEEDED
from content import session_with, walked

CONTRACT = NEEDED['test_published_examples.py']
HOST = 'https://socdefenders.ai'


class Ended(BaseException):
    """In place of the first long sleep; nothing in the loop catches it."""


def example(label):
    """The text under `source: |-` of the code sample, without its indentation."""
    lines = iter(CONTRACT.read_text('utf-8').splitlines())
    for line in lines:
        if line.strip() == f'label: {label}':
            break
    head = next(lines)
    assert head.strip() == 'source: |-'
    depth = len(head) - len(head.lstrip())
    text = []
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        if line.startswith('`'):
            break
        text.append(line)
    return textwrap.dedent('\n'.join(text)).strip()


def replaced(text, pattern, value):
    changed, count = re.subn(pattern, lambda _: value, text)
    assert count >= 1, pattern
    return changed


def everything(running, key, alias):
    url = f'{running.root}collections/{alias}/objects/'
    return walked(session_with(key), url, {'limit': 1000}, 'next')


@pytest.mark.parametrize('kind', ['pro', 'writer'])
def test_the_delta_poll_loop_gets_every_object(running, key, monkeypatch, kind):
    before = (datetime.now(timezone.utc) - timedelta(days=30)).strftime('%Y-%m-%dT%H:%M:%SZ')
    text = example('Delta poll loop')
    text = replaced(text, re.escape(HOST), running.url)
    text = replaced(text, r'"sk_live_\.\.\."', json.dumps(running.keys[kind]))
    text = replaced(text, r'"2026-05-16T00:00:00Z"', json.dumps(before))

    def stop(seconds):
        assert seconds == 300
        raise Ended

    monkeypatch.setattr(time, 'sleep', stop)
    got = []
    with pytest.raises(Ended):
        exec(compile(text, 'the published loop', 'exec'), {'ingest_stix': got.append})
    expected = everything(running, key, 'soc-defenders-all')
    assert len(expected) > 2000
    assert json.dumps(got) == json.dumps(expected, default=float)


def test_the_curl_line_answers_a_page(running):
    text = example('Pull recent indicators')
    text = replaced(text, re.escape(HOST), running.url)
    text = replaced(text, r'sk_live_\.\.\.', running.keys['pro'])
    done = subprocess.run(['sh', '-c', text], capture_output=True, text=True, check=True)
    page = json.loads(done.stdout)
    assert page['type'] == 'bundle'
    assert re.fullmatch(r'bundle--[0-9a-f-]+', page['id'])
    assert len(page['objects']) == 500
