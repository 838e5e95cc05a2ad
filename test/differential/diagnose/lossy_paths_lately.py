"""As lossy_paths, but packets are lost only after very much has arrived; calm: many were lost, and none is any more."""
import subprocess

import lossy_paths
from waiting import acknowledged, sent_again, until


def build(fault):
    kept = lossy_paths.build(not fault)
    _, clients = kept
    if fault:
        arrive(clients, 200_000_000)
        lossy_paths.lose()
        until(lambda: all(sent_again(client) >= 25 for client in clients), 'nothing is lost')
    else:
        subprocess.run(['nft', 'flush', 'ruleset'], check=True)
        # What was lost last has been sent again.
        arrive(clients, 1_000_000)
    return kept


def arrive(clients, more):
    ends = [(client, acknowledged(client) + more) for client in clients]
    until(lambda: all(acknowledged(client) > end for client, end in ends), 'nothing arrives')
