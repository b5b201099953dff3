"""Faults of the protocol of the writers on OpenSearch, planted one at a time; see `planted_faults`."""

from planted_faults import Plant, function_of

from jooya.indexer.remote import commit_state, engine_index, lease, open_remote, remote_writer, state_store

PLANTS = {
    "the state is replaced whatever is there": Plant(
        state_store,
        "_only_after",
        '    return {"if_seq_no": str(before.version[0]), "if_primary_term": str(before.version[1])}\n',
        "    return {}\n",
    ),
    "a conflict is taken for success": Plant(
        state_store,
        "StateStore.replace",
        "            if error.status == _CONFLICT or (known and known.version) != before.version:\n"
        "                raise Changed from None\n",
        "            if error.status == _CONFLICT and known:\n"
        "                return Stored(state, dict(writer), known.version, write)\n",
    ),
    "a conflict after a lost answer is taken for the change of another writer": Plant(
        state_store, "StateStore.replace", "if known is not None and known.write == write:", "if False:"
    ),
    "what a lost answer was for is not written over itself": Plant(
        state_store,
        "StateStore.replace",
        "                before, params = known, _only_after(known)\n",
        "                return known\n",
    ),
    "the number of a writer that is gone is not dead": Plant(
        lease,
        "Lease.take",
        "_taken_over(stored) if lease else (stored.state, stored.writer)",
        "stored.state, stored.writer",
    ),
    "a lease is taken at once": Plant(
        lease, "Lease.take", "time.monotonic() - seen[1] > SECONDS or _is_over(lease)", "True"
    ),
    "a lease is not renewed": Plant(lease, "Lease._renew", "not self._ended.wait(_RENEWAL)", "False"),
    "a lost lease is not noticed": Plant(
        lease, "Lease._replace", "        self._lost = True\n        raise self._error() from None\n",
        "        self._stored = self._store.read()\n        return self._replace(state, writer)\n",
    ),
    "readers see dead numbers": Plant(commit_state, "State.visible", "if self.dead:", "if False:"),
    "readers see what is not deleted yet": Plant(commit_state, "State.visible", "if self.pending:", "if False:"),
    "readers see what is not committed yet": Plant(
        commit_state, "State.visible", '{"lte": self.number}', '{"lte": self.number + 1}'
    ),
    "a reader does not look whether there was another commit": Plant(
        open_remote, "OpenRemote._from_one_commit", "if not self._has_changed():\n                        return",
        "if True:\n                        return",
    ),
    "what is replaced is deleted before the state": Plant(
        remote_writer,
        "RemoteWriter.checkpoint",
        "    unused = self._put_state(state, next=number + 1)\n",
        "    if state.pending:\n        self._index.delete(state.replaced())\n"
        "    unused = self._put_state(state, next=number + 1)\n",
    ),
    "a commit does not wait until its passages show": Plant(
        remote_writer, "RemoteWriter.checkpoint", "        if self._places:\n", "        if False:\n"
    ),
    "a commit asks one copy whether its passages show": Plant(
        engine_index,
        "EngineIndex._await",
        "found = self._copies.figures(asked)",
        "from jooya.indexer.remote.shard_copies import _figures; found = _figures(self._search(**asked), asked)",
    ),
    "what is beside the state is kept after the state": Plant(
        remote_writer,
        "RemoteWriter.checkpoint",
        "        state = self._changed(before, number)\n    unused = self._put_state(state, next=number + 1)\n",
        "        later = []\n"
        "        self._connection.bulk = lambda actions, **options: later.append((list(actions), options))\n"
        "        state = self._changed(before, number)\n"
        "        del self._connection.bulk\n"
        "    unused = self._put_state(state, next=number + 1)\n"
        "    for actions, options in later:\n"
        "        self._connection.bulk(actions, **options)\n",
    ),
    "what is beside the state is removed before the state is replaced": Plant(
        remote_writer,
        "RemoteWriter._put_state",
        '    known = self._lease.writer\n',
        '    known = self._lease.writer\n    self.store.remove(obsolete)\n',
    ),
    "a writer does not delete dead numbers": Plant(
        remote_writer,
        "RemoteWriter._recover",
        "        self._index.delete(of_numbers(state.dead))\n",
        "",
    ),
    "a writer does not complete the commit of another one": Plant(
        remote_writer, "RemoteWriter._recover", "    self._delete_pending()\n", ""
    ),
    "what interrupted writers have put beside the state is not swept": Plant(
        remote_writer,
        "RemoteWriter._recover",
        "        self.store.sweep([self._lease.state.to_json(), dict(self._lease.writer)], self._lease.number)\n",
        "",
    ),
    "dead numbers are forgotten at once": Plant(lease, "forgotten", " > _DEAD_SECONDS", " >= 0"),
    "a writer that fails goes on renewing its lease": Plant(
        remote_writer, "RemoteWriter.cancel", "        self._lease.abandon()\n", "        pass\n"
    ),
    "the number of a cancelled commit is given again": Plant(
        remote_writer,
        "RemoteWriter.cancel",
        "                self._lease.replace(state, **writer)\n",
        "                pass\n",
    ),
}  # fmt: skip
"""The faults by what they do."""

FUNCTIONS = {name: function_of(plant) for name, plant in PLANTS.items()}
"""The production functions."""
