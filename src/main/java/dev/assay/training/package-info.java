/**
 * What a training step is: the shapes of the models, what a step costs in FLOPs, bytes and memory, and its arithmetic in
 * double precision. Knows no other package of ours.
 *
 * <ul>
 *   <li><b>What is trained</b>: {@code ModelPreset}, {@code ModelShape}, {@code ParameterLayout}; {@code StepSetup} and {@code
 *       ZeroSetup} how; {@code EngineLimits} what no kernel takes; {@code Seeded…} the first weights and the tokens.
 *   <li><b>What it costs</b>: {@code StepFlops}, {@code MemoryPlan}, {@code DecoderBytes}, {@code ZeroBytes}, {@code QuantizedWork}.
 *   <li><b>What travels</b>: {@code ZeroSchedule} says in which order and who has which part ({@code FlatTensors}, {@code Shares},
 *       {@code GradientBuckets}); {@code StepCollectives} adds it up.
 *   <li><b>How long it takes</b>: {@code StepPrediction} on a {@code Machine}; {@code StepProjection} with ranges, from {@code
 *       AssumedFigures} or measured ones.
 *   <li><b>The oracle</b>: {@code training.oracle}.
 * </ul>
 */
package dev.assay.training;
