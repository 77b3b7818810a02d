#!/usr/bin/env bash
# Builds the real hosts with labs in them, once for each state of their sources: installs what is
# missing into the cache, and prints the folder in which each host's site is. With `check` it only says
# whether all of them are there.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/faultline/hosts
state() { cat "$@" | sha256sum | cut -c1-16; }
files() { find "$1" -type f -not -path '*/node_modules/*' -not -path '*/.docusaurus/*' | LC_ALL=C sort; }

# Runs a command that makes a folder, unless the folder is there.
make() {
  local folder=$1
  shift
  [[ -d $folder ]] && return
  rm -rf "$folder.part"
  mkdir -p "$(dirname "$folder")"
  "$@" "$folder.part" >&2
  mv "$folder.part" "$folder"
}

install_python() {
  python3 -m venv --without-pip "$1"
  python3 -m pip --python "$1/bin/python" install --quiet --disable-pip-version-check --requirement requirements.txt
}

install_node() {
  mkdir -p "$1"
  cp docusaurus/package.json docusaurus/package-lock.json docusaurus/.npmrc "$1"
  npm --prefix "$1" ci --silent --ignore-scripts
}

build_mdbook() { "$python/bin/mdbook" build mdbook --dest-dir "$1"; }

build_mkdocs() { NO_MKDOCS_2_WARNING=1 "$python/bin/python" -m mkdocs build --quiet --config-file mkdocs/mkdocs.yml --site-dir "$1"; }

build_docusaurus() {
  local work=$1.work
  rm -rf "$work"
  cp -r docusaurus "$work"
  ln -s "$node/node_modules" "$work/node_modules"
  (cd "$work" && CI=true DISABLE_VERSION_CHECK=1 node node_modules/@docusaurus/core/bin/docusaurus.mjs build --out-dir "$1")
  rm -rf "$work"
}

python=$cache/python-$(state requirements.txt)
node=$cache/node-$(state docusaurus/package-lock.json)
mdbook=$cache/mdbook-$(state $(files mdbook) requirements.txt)
mkdocs=$cache/mkdocs-$(state $(files mkdocs) requirements.txt)
docusaurus=$cache/docusaurus-$(state $(files docusaurus))

if [[ ${1:-} == check ]]; then
  [[ -d $mdbook && -d $mkdocs && -d $docusaurus ]]
  exit
fi

[[ -d $mdbook && -d $mkdocs ]] || make "$python" install_python
make "$mdbook" build_mdbook
make "$mkdocs" build_mkdocs
[[ -d $docusaurus ]] || make "$node" install_node
make "$docusaurus" build_docusaurus
printf '%s\n' "mdbook $mdbook" "mkdocs $mkdocs" "docusaurus $docusaurus"
