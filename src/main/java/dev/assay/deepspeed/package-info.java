/**
 * DeepSpeed's config files: what a file means for the work of a training step, or why this suite cannot do that work. The
 * door is {@link dev.assay.deepspeed.DeepSpeedFile}; its {@code resolve} gives a {@link dev.assay.deepspeed.DeepSpeedConfig}
 * for a number of ranks. Knows {@code training} for the shapes of models, and {@code cluster} for the form of an input error
 * and for near misses of a key.
 *
 * <p>The semantics are those of DeepSpeed 0.19.6 (deepspeedai/DeepSpeed at edaa722), read in {@code runtime/config.py}
 * (top-level keys, batch keys, sanity checks), {@code runtime/config_utils.py} (duplicate keys, {@code auto}, deprecated
 * keys), {@code runtime/zero/config.py} and {@code offload_config.py}, {@code runtime/precision_config.py}, {@code
 * runtime/constants.py} (defaults), {@code runtime/engine.py} (optimizers, data types) and {@code ops/adam/fused_adam.py}.
 * What {@code auto} becomes follows notes on Hugging Face's {@code transformers/integrations/deepspeed.py}; that file itself
 * was not read for this.
 *
 * <ul>
 *   <li><b>Text</b> is Hjson; see {@code HjsonScanner}. A duplicate key is an error. {@code 5e8} is a
 *       whole number, {@code 15099494.4} is refused.
 *   <li><b>Manners</b> differ by section, see {@code Manners}: at the top level unknown keys are ignored (here: warned of)
 *       and {@code auto} must be filled; {@code zero_optimization}, {@code offload_*}, {@code bf16}, {@code fp16} reject
 *       unknown keys, drop {@code auto}, and take numbers and flags in quotes.
 *   <li><b>Batch keys</b>: two of the three give the third by integer division, and the product must then match; see {@code
 *       BatchKeys}. With {@code train_batch_size} fixed, more ranks mean less work each: {@link
 *       dev.assay.deepspeed.Scaling} says so. {@code auto} is filled from {@code assay.microBatch} and {@code
 *       assay.accumulation}.
 *   <li><b>Refused</b> is what changes the work and is not done here: offloading, ZeRO++, MiCS, ZenFlow, other optimizers,
 *       fp16, other parallelism, and so on. All that is wrong with a file is said at once.
 *   <li><b>Nothing is dropped</b>: every value that changes the work is a {@link dev.assay.deepspeed.Resolved} with its
 *       origin, every accepted key without effect a {@link dev.assay.deepspeed.Note}.
 *   <li><b>Ours</b> is the top-level section {@code assay}, which DeepSpeed ignores; {@link
 *       dev.assay.deepspeed.AssaySection} has what it gives. {@code assay.stress} makes a second, harder file of the same.
 * </ul>
 */
package dev.assay.deepspeed;
