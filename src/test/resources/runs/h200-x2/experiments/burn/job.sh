#!/bin/bash
# The batch script of every experiment, a constant: one srun a launch, one line of steps.tsv a launch.
# Argument: the experiment's folder, on the shared file system. steps.tsv has a line
#   LAUNCH  NODE_COUNT  NODE_LIST  TASKS_PER_NODE  MINUTES  GRES or -  CONTAINER or -
# Leaves LAUNCH/step.exit with srun's exit code after each launch, and job.done after the last one.
set -euo pipefail
umask 077
folder=$1
tag=$SLURM_JOB_NAME

# A measurement never runs twice: neither after a requeue, nor where this attempt has already begun.
if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || ! (set -o noclobber; echo "$SLURM_JOB_ID" > "$folder/$tag.started") 2> /dev/null; then
  echo "job $SLURM_JOB_ID, restart ${SLURM_RESTART_COUNT:-0}: refused to run $tag a second time" | tee "$folder/job.refused" >&2
  exit 0
fi

note() { # FILE TEXT: appears whole or not at all
  printf '%s\n' "$2" > "$1.tmp"
  mv -f "$1.tmp" "$1"
}

run_launch() {
  local options=(
    --export=ALL --kill-on-bad-exit=1 --label --input=none --mpi=none --cpu-bind=none
    --job-name="$tag" --nodes="$2" --nodelist="$3" --ntasks="$(($2 * $4))" --ntasks-per-node="$4" --time="$5"
  )
  [ "$6" = - ] || options+=(--gres="$6")
  [ "$7" = - ] || options+=(--container-image="$7" --container-mounts="$run_root:$run_root")
  srun "${options[@]}" /bin/bash "$folder/slurm-rank.sh" "$folder/$1" "$3" "$4"
}

run_root=$(dirname "$(dirname "$folder")")
while IFS=$'\t' read -r launch count list tasks minutes gres container <&3; do
  code=0
  run_launch "$launch" "$count" "$list" "$tasks" "$minutes" "$gres" "$container" || code=$?
  note "$folder/$launch/step.exit" "$code"
done 3< "$folder/steps.tsv"
note "$folder/job.done" "$SLURM_JOB_ID"
