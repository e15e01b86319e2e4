/**
 * What runs in the upload pod: POSIX sh, the claim as working directory, every path relative to it. Names and numbers
 * come as arguments (`$1`…), never as part of the text, so that no name can be read as a command. Answers are lines on
 * the standard output. A script that fails ends with another exit code than 0, the reason on its standard error in
 * English, and perhaps the table of `df -P` as its answer.
 *
 * While a version is on its way, its folders are, beside the versions that are there:
 *
 *     <name>/.<version>.lock/lease                      who writes, and until when: `<owner> <seconds since 1970>`
 *     <name>/.<version>.<sha256, 12 digits>.part/lease  who continued it last, and when
 *     <name>/.<version>.<sha256, 12 digits>.part/archive.<nonce>, config.<nonce>, record.<nonce>
 *     <name>/.<version>.<nonce>.removed/                a version that is being removed
 *
 * Nothing depends on the lock alone, because a command whose connection broke may go on for a while, and a lock can be
 * lost while a window is cut off. A file that begins anew has a new name; a file that is continued gets the same bytes at
 * the same places, whoever writes them. So nobody can spoil what another one has verified.
 *
 * Clocks are never compared between computers: deadlines are made and read with the clock of the pods.
 */
export interface Script {
  readonly name: string;
  readonly text: string;
}

/** What the pod's image must have beside a POSIX sh. `openssl` is used instead of `sha256sum` when it is there. */
export const requiredTools = 'cat date dd df head mkdir mv rm rmdir sha256sum sleep sync touch wc';

/** Bytes of the unit in which a place in a file is said; a transfer continues at a multiple of it. */
export const blockSize = 1 << 20;

/** Seconds after which what nobody continued is thrown away. */
const abandonedAfter = 7 * 24 * 3600;

// Files that others of the same group may replace, and that every runtime may read.
const prelude = `set -u; umask 002; LC_ALL=C; export LC_ALL
`;

/** Gives up; the cause may be a full disk. */
const failing = `fail() { df -P .; exit 1; }
`;

/**
 * `tick` says a dot now and then, for half an hour, until `quiet`: a connection on which nothing is said may be cut, and
 * counts as dead here.
 */
const ticking = `tick() {
  {
    nap='' ticks=0; trap 'kill "$nap" 2>/dev/null; exit 0' TERM
    while [ $ticks -lt 360 ]; do sleep 5 >/dev/null 2>&1 & nap=$!; wait "$nap"; echo .; ticks=$((ticks + 1)); done
  } & ticker=$!
  trap quiet EXIT
}
quiet() { kill "$ticker" 2>/dev/null; }
`;

/** `flush FILE` waits until it is on the disk; some network volumes cannot tell. */
const flushing = `flush() {
  said=$(sync "$1" 2>&1)
  case $said in ''|*'not implemented'*|*'not supported'*|*'Invalid argument'*) ;; *) printf '%s\\n' "$said" >&2; return 1 ;; esac
}
`;

/** sha256 of the standard input. Debian's own sha256sum uses no SHA instructions: openssl takes a sixth of its time. */
const sha256 = `sha256() {
  if printf x | openssl dgst -sha256 -r >/dev/null 2>&1; then openssl dgst -sha256 -r; else sha256sum; fi
}
`;

/**
 * `holder FOLDER` sets `holder` (`-` when there is none) and `until` from the folder's lease;
 * `lease FOLDER OWNER UNTIL` writes it in one step. By `cat`, since a shell's own `echo` does not say that a disk is full.
 */
const leases = `holder() {
  holder=- until=0
  if [ -f "$1/lease" ]; then read -r holder until < "$1/lease" || :; fi
  case $until in ''|*[!0-9]*) until=0 ;; esac
}
lease() { echo "$2 $3" | cat > "$1/lease.$2" && mv -f "$1/lease.$2" "$1/lease"; }
`;

/**
 * Begins or continues an upload: takes the lock, makes the folders, throws away what nobody will continue.
 *
 * Arguments: name, version, part folder, file name of the archive, owner, seconds of the lease, an owner that is known to
 * be gone, a file of the part that turned out to be bad. Answers:
 * - `missing <tools>`: the image lacks them
 * - `exists whole` or, when its archive is gone, `exists broken`; then the record of the version that is there
 * - `busy <owner> <bytes>`: another one is writing it, and that much has come
 * - `partial <bytes> <file>`: the lock is taken, and that much of the archive has come; then the table of `df -P`
 *
 * A lock is stale when its time is over. It is taken away by a rename, so that only one can break it; whoever breaks one
 * that had just been renewed is noticed by its owner at the next renewal.
 */
export const beginScript: Script = {
  name: 'begin',
  text: `${prelude}${failing}${leases}name=$1 version=$2 part=$1/$3 file=$4 owner=$5 seconds=$6 gone=$7 bad=$8
missing=''
for tool in ${requiredTools}; do command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"; done
if [ -n "$missing" ]; then echo "missing$missing"; exit 0; fi
if [ -e "$name/$version" ]; then
  if [ -f "$name/$version/model-store/$file" ]; then echo exists whole; else echo exists broken; fi
  cat "$name/$version/model-deck.json"; exit 0
fi
look() {
  best='' most=0
  for each in "$part"/archive.*; do
    if [ -f "$each" ]; then
      bytes=$(wc -c < "$each")
      if [ -z "$best" ] || [ "$bytes" -gt "$most" ]; then best=$each most=$((bytes)); fi
    fi
  done
}
busy() { look; echo "busy $holder $most"; exit 0; }
mkdir -p "$name" || fail
now=$(date +%s) lock=$name/.$version.lock
if ! mkdir "$lock" 2>/dev/null; then
  if [ ! -d "$lock" ]; then mkdir "$lock"; fail; fi
  holder "$lock"
  if [ "$holder" != "$owner" ]; then
    if [ "$holder" != "$gone" ]; then
      if [ "$holder" = - ] || [ "$until" -gt "$now" ]; then busy; fi
    fi
    mv "$lock" "$lock.$owner" 2>/dev/null || busy
    rm -rf "$lock.$owner"
    mkdir "$lock" 2>/dev/null || busy
  fi
fi
lease "$lock" "$owner" $((now + seconds)) || fail
mkdir -p "$part" || fail
lease "$part" "$owner" "$now" || fail
if [ -n "$bad" ]; then rm -f "$part/$bad"; fi
if [ -f "$part/model-store/$file" ]; then mv "$part/model-store/$file" "$part/archive.back"; fi
look
for each in "$part"/archive.* "$part"/config.* "$part"/record.*; do if [ "$each" != "$best" ]; then rm -f "$each"; fi; done
for each in "$name/.$version".????????????.part; do if [ "$each" != "$part" ]; then rm -rf "$each"; fi; done
for each in ./*/.*.part/lease ./*/.*.lock/lease; do
  each=\${each%/lease}; holder "$each"
  if [ "$until" -gt 0 ] && [ $((until + ${abandonedAfter})) -lt "$now" ]; then rm -rf "$each"; rmdir "\${each%/*}" 2>/dev/null; fi
done
rm -rf "$name"/.*.removed
echo "partial $most \${best##*/}"
df -P .
`,
};

/** Renews the lock. Arguments: name, version, owner, seconds. Answers `held` or `lost`. */
export const renewScript: Script = {
  name: 'renew',
  text: `${prelude}${leases}lock=$1/.$2.lock; holder "$lock"
if [ "$holder" != "$3" ]; then echo lost; exit 0; fi
lease "$lock" "$3" $(( $(date +%s) + $4 )) && echo held
`,
};

/**
 * Receives a file from a block on, and hashes all of it as it is on the disk.
 *
 * The end of the standard input may never be heard of, so exactly the missing bytes are read: whole blocks by `dd`, which
 * takes no byte too many, the last ones by `head`, which may. Hashing while the rest is still coming would need a second
 * copy of every byte through a pipe, which costs more than it saves.
 *
 * Arguments: file, first block, size in bytes. Answers the sha256; before that, dots. It fails when the stream ends early or
 * the disk takes no more.
 */
export const receiveScript: Script = {
  name: 'receive',
  text: `${prelude}${failing}${ticking}${flushing}${sha256}file=$1 at=$2 block='bs=${blockSize}'
full=$(($3 / ${blockSize})) rest=$(($3 % ${blockSize}))
touch "$file" || fail
if [ "$at" -lt "$full" ]; then
  count=$((full - at))
  said=$(dd of="$file" "$block" seek="$at" count="$count" conv=notrunc iflag=fullblock 2>&1)
  case $said in "$count+0 records in"*) ;; *) printf '%s\\n' "$said" >&2; fail ;; esac
fi
if [ "$rest" -gt 0 ]; then head -c "$rest" | dd of="$file" "$block" seek="$full" conv=notrunc || fail; fi
tick
flush "$file" & flusher=$!
sum=$(sha256 < "$file")
wait "$flusher" || fail
echo "$sum"
`,
};

/** Hashes the first blocks of a file. Arguments: file, blocks. Answers the sha256; before that, dots. */
export const digestScript: Script = {
  name: 'digest',
  text: `${prelude}${ticking}${sha256}tick
dd if="$1" bs=${blockSize} count="$2" 2>/dev/null | sha256
`,
};

/**
 * Makes a part visible as the version, in one step, after its bytes are on the disk.
 *
 * Arguments: name, version, part folder, file name of the archive, owner, file of the part that is the archive, nonce of
 * its config and record. Answers `committed`; `lost` when another one has the lock; `exists whole` and the record when
 * another one was quicker. Before that, a dot now and then, while a slow disk takes its time.
 *
 * `mv` moves into a folder that is there, so that is looked for before and after.
 */
export const commitScript: Script = {
  name: 'commit',
  text: `${prelude}${leases}${ticking}${flushing}name=$1 version=$2 part=$1/$3 file=$4 owner=$5 archive=$6 nonce=$7 lock=$1/.$2.lock
exists() { rm -rf "$lock" "$1"; echo exists whole; cat "$name/$version/model-deck.json"; exit 0; }
holder "$lock"
if [ "$holder" != "$owner" ]; then echo lost; exit 0; fi
if [ -e "$name/$version" ]; then exists "$part"; fi
tick
for each in "$archive" "config.$nonce" "record.$nonce"; do flush "$part/$each" || exit 1; done
quiet
mkdir -p "$part/model-store" "$part/config" || exit 1
mv "$part/config.$nonce" "$part/config/config.properties" || exit 1
mv "$part/record.$nonce" "$part/model-deck.json" || exit 1
mv "$part/$archive" "$part/model-store/$file" || exit 1
rm -f "$part"/lease* "$part"/archive.* "$part"/config.* "$part"/record.*
flush "$part" || exit 1
mv "$part" "$name/$version" || exit 1
if [ -e "$name/$version/$3" ]; then exists "$name/$version/$3"; fi
flush "$name"
rm -rf "$lock"
echo committed
`,
};

/**
 * Gives the lock back. Arguments: name, version, part folder, owner, `keep` or `drop` what has come. What is dropped may
 * still be written to for a moment, by a command whose connection was cut.
 */
export const releaseScript: Script = {
  name: 'release',
  text: `${prelude}${leases}lock=$1/.$2.lock; holder "$lock"
if [ "$holder" != "$4" ]; then exit 0; fi
drop() { rm -rf "\${1:?}/\${3:?}"; }
if [ "$5" = drop ]; then drop "$@" 2>/dev/null || { sleep 1; drop "$@"; } || exit 1; fi
rm -rf "$lock"
rmdir "$1" 2>/dev/null
exit 0
`,
};

/** Every record of the claim, as `<path> NUL <record> NUL`. A variable of the shell cannot hold a NUL. */
export const listScript: Script = {
  name: 'list',
  text: `${prelude}for file in ./*/*/model-deck.json; do
  if [ -f "$file" ]; then printf '%s\\0%s\\0' "$file" "$(head -c 8192 "$file")"; fi
done
`,
};

/**
 * Removes a version: renamed first, so that a removal that is cut off leaves nothing that looks like a model.
 * Arguments: name, version, the folder's name while it goes. Answers `removed` or `missing`.
 */
export const removeScript: Script = {
  name: 'remove',
  text: `${prelude}if [ ! -d "$1/$2" ]; then echo missing; exit 0; fi
mv "$1/$2" "$1/$3" || exit 1
rm -rf "$1"/.*.removed || exit 1
rmdir "$1" 2>/dev/null
echo removed
`,
};

/** What the pod itself does: it waits until it is told to end. `sleep` runs beside it, so that the signal is heard. */
export const waitCommand: readonly string[] = [
  'sh',
  '-c',
  `trap 'kill "$!"; exit 0' TERM INT; while :; do sleep 3600 & wait "$!"; done`,
];
