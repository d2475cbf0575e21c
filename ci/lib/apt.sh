# For bash scripts that fetch Debian packages of another suite: an apt with sources, state and cache of its own, so that
# the machine's apt stays as it is. Only the machine's connection settings (a proxy, say) are used.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# own_apt_setup FOLDER SUITE ...: prepares FOLDER and reads the lists of the suites; those of $own_apt_architecture, if it
# is set, where the machine's own is not meant.
own_apt_setup() {
  own_apt_folder=$1
  shift
  command -v apt-get >/dev/null || { echo "no apt-get here: this needs Debian" >&2; return 1; }
  command -v dpkg-deb >/dev/null || { echo "no dpkg-deb here. Run: apt-get install -y dpkg" >&2; return 1; }
  [ -e "$keyring" ] || { echo "no $keyring. Run: apt-get install -y debian-archive-keyring" >&2; return 1; }

  local architecture=
  if [ -n "${own_apt_architecture-}" ]; then
    architecture="APT::Architecture \"$own_apt_architecture\"; APT::Architectures { \"$own_apt_architecture\"; };"
  fi
  mkdir -p "$own_apt_folder"/{state/lists/partial,cache/archives/partial}
  touch "$own_apt_folder/status"
  # The hooks of the machine's apt clean its own cache: beside another apt-get they would delete what that one needs.
  # The sandbox user cannot read a folder below a home.
  cat >"$own_apt_folder/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Sandbox::User "";
Acquire::Languages "none";
$architecture
Dir::Etc::SourceList "$own_apt_folder/sources";
Dir::Etc::SourceParts "-";
Dir::Etc::Preferences "-";
Dir::Etc::PreferencesParts "-";
Dir::State "$own_apt_folder/state";
Dir::State::status "$own_apt_folder/status";
Dir::Cache "$own_apt_folder/cache";
CONF
  printf "deb [signed-by=$keyring target=Packages] http://deb.debian.org/debian %s main\n" "$@" >"$own_apt_folder/sources"
  own_apt update
}

# own_apt ARGUMENT ...: apt-get in that folder; its words are shown only if it fails.
own_apt() {
  (cd "$own_apt_folder" && apt-get -c apt.conf -qq "$@") >"$own_apt_folder/log" 2>&1 || { cat "$own_apt_folder/log" >&2; return 1; }
}
