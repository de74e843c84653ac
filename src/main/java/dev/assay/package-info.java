/**
 * Assay: acceptance testing for GPU clusters.
 *
 * <p>A <b>cluster</b> file says what is there and <b>criteria</b> say what it must reach; a <b>plan</b> turns the criteria
 * into the distinct experiments that serve them; a launcher runs each as a <b>job</b> with one <b>worker</b> per GPU; the
 * worker runs a <b>workload</b> on a <b>device</b> (CUDA, or the reference device), reads what the <b>host</b> itself counts
 * beside it, and writes <b>measurements</b>; a statistic of them meets the criterion in a <b>verdict</b>; the <b>summary</b>
 * and the report show it. A <b>run</b> is one walk along this sentence, with its folder.
 *
 * <p><b>deepspeed</b> reads what a DeepSpeed config means, <b>training</b> knows the models, what a step of theirs computes,
 * holds and sends, and, in {@code training.oracle}, its arithmetic in double precision; <b>trainer</b> runs such a step on a
 * device.
 *
 * <pre>
 *   acceptance, report (test scope) ──▶ run ──▶ summary ──▶ verdict ──▶ criteria, measurement; the summary shows the plan
 *                                        ├────▶ plan ─────▶ criteria, cluster, workload, measurement, deepspeed, training
 *                                        ├────▶ job ──────▶ plan (spec), cluster, measurement
 *                                        └────▶ device (is there a driver?)
 *                                               criteria ─▶ cluster (its strict JSON reader), measurement, workload (names)
 *                                               deepspeed ─▶ training (shapes), cluster (the form of its errors)
 *                                        ┄ ┄ spec.json ┄ ┄▶ worker ──▶ plan (spec), cluster, workload, device, host, measurement,
 *                                                                         training, trainer
 *                                        ◀┄ rank-N.ndjson ┄    device ──▶ workload, measurement
 *                                                              workload ▶ training (a step's set-up)
 *                                                              trainer ─▶ training, device, workload, measurement
 *                                                              host ────▶ measurement
 *                                        ┄ started by a worker ┄▶ benchmark (JMH) ──▶ worker, plan (spec), workload, device, measurement
 * </pre>
 */
package dev.assay;
