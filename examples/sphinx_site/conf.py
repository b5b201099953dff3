"""A Persian site of Sphinx that is searched through Jooya.

pip install "jooya[sphinx,server]"
sphinx-build . site                                                  the site in site/, its index in jooya-index/
python -m http.server -d site &
jooya serve -i jooya-index --allow-origin http://127.0.0.1:8000
"""

project = "راهنمای باغ"
language = "fa"
exclude_patterns = ["site"]
extensions = ["jooya.indexer.integrations.sphinx"]
jooya_server = "http://127.0.0.1:8765"
