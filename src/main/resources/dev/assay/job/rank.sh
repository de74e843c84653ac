#!/bin/bash
# Runs one rank's worker and leaves its exit marker, however the worker ends.
# Argument: the launch's folder, which holds
#   environment    NAME=VALUE lines; nothing in them is evaluated
#   bindings.tsv   LOCAL_RANK  GPU  CPUS or -  NIC or -
#   command        the worker's argument list, one a line
# From the launcher: ASSAY_RANK, ASSAY_LOCAL_RANK, ASSAY_NODE, ASSAY_GPU.
# Leaves rank-N.log (stdout and stderr) and rank-N.exit.json.
set -euo pipefail
umask 077
launch=$1
rank=$ASSAY_RANK
log=$launch/rank-$rank.log
marker=$launch/rank-$rank.exit.json
worker=
interrupted=no
hung=false
signal=

# On every way out of this script.
# shellcheck disable=SC2317 # called by trap
leave_marker() {
  local code=$?
  trap - EXIT
  trap '' TERM INT HUP # a second signal must not cost the marker
  # Above 128 it is a signal only where there is one of that number: 255 is what ssh or a tool may exit with.
  if [ "$code" -gt 128 ] && name=$(kill -l "$((code - 128))" 2> /dev/null); then signal=SIG$name; fi
  printf '{"rank":%d,"code":%d,"signal":"%s","hung":%s,"host":"%s","endNanos":%s}\n' \
    "$rank" "$code" "$signal" "$hung" "$(uname -n)" "$(date +%s%N)" > "$marker.tmp"
  mv -f "$marker.tmp" "$marker"
  exit "$code"
}
trap leave_marker EXIT

# shellcheck disable=SC2317 # called by trap
forward() {
  interrupted=yes
  if [ -n "$worker" ]; then kill -TERM "$worker" 2> /dev/null || true; else exit 143; fi
}
trap forward TERM INT HUP

exec > "$log" 2>&1 < /dev/null
unset LD_PRELOAD LD_LIBRARY_PATH BASH_ENV JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}"

modules=()
limit=0
while IFS= read -r line || [ -n "$line" ]; do
  name=${line%%=*}
  value=${line#*=}
  case $name in
    ASSAY_MODULE) modules+=("$value") ;;
    ASSAY_LIMIT_SECONDS) limit=$value ;;
    *) export "$name=$value" ;;
  esac
done < "$launch/environment"

prefix=()
while IFS=$'\t' read -r local_rank gpu cpus nic; do
  [ "$local_rank" = "$ASSAY_LOCAL_RANK" ] || continue
  export ASSAY_GPU=$gpu
  [ "$cpus" = - ] || prefix=(taskset --cpu-list "$cpus")
  [ "$nic" = - ] || export NCCL_IB_HCA=$nic
done < "$launch/bindings.tsv"

if [ "${#modules[@]}" -gt 0 ]; then
  set +eu
  for start in /etc/profile.d/modules.sh /etc/profile.d/lmod.sh /usr/share/modules/init/bash; do
    # shellcheck disable=SC1090 # where a site keeps its modules
    type module > /dev/null 2>&1 || { [ -r "$start" ] && . "$start"; }
  done
  for module in "${modules[@]}"; do
    if ! module load "$module"; then echo "rank.sh: module load $module failed"; exit 91; fi
  done
  set -eu
fi

mapfile -t command < "$launch/command"
# timeout is the outermost guard: a worker watches its own phases and ends long before it.
timeout --kill-after=3 "$limit" "${prefix[@]}" "${command[@]}" &
worker=$!
began=$SECONDS
code=0
wait "$worker" || code=$?
while [ "$interrupted" = yes ]; do
  interrupted=no
  again=0
  wait "$worker" || again=$?
  # 127 and -1: bash has already told this worker's status, or lost it to the signal that was passed on.
  [ "$again" -eq 127 ] || [ "$again" -lt 0 ] || code=$again
  [ "$code" -ge 0 ] || code=143
done
if [ "$code" -eq 124 ] || { [ "$code" -eq 137 ] && [ "$((SECONDS - began))" -ge "$limit" ]; }; then hung=true; fi
exit "$code"
