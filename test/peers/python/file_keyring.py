# A keyring that keeps its words in a file of HOME: aim-sdk 1.21.0 signs in only where some keyring works.
import json
import os

from keyring.backend import KeyringBackend

PATH = os.path.join(os.environ["HOME"], "keyring.json")


class FileKeyring(KeyringBackend):
    priority = 10

    def _read(self):
        if not os.path.exists(PATH):
            return {}
        with open(PATH) as file:
            return json.load(file)

    def _write(self, words):
        with open(PATH, "w") as file:
            json.dump(words, file)

    def get_password(self, service, username):
        return self._read().get(service + "/" + username)

    def set_password(self, service, username, password):
        self._write({**self._read(), service + "/" + username: password})

    def delete_password(self, service, username):
        words = self._read()
        words.pop(service + "/" + username, None)
        self._write(words)
