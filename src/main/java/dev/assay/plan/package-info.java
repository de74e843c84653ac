/**
 * From criteria to the distinct experiments that serve them, their launches, order and cost, and the spec file that a worker
 * reads; and from DeepSpeed's files to what training by them would need and do. Nothing here starts anything.
 *
 * <ul>
 *   <li><b>What runs</b>: {@code Planner}, {@code SftPlanner} of {@code -Dsuite=sft}; {@code Plan} of {@code Experiment}, {@code
 *       Launch} and {@code Row}; how large and how long by {@code Sizes}, {@code SftSizes}, {@code Timing} and {@code
 *       ReferenceTiming}.
 *   <li><b>What is asked and said of it</b>: {@code Asked}, {@code Rows}, {@code Scope}, {@code Selection}, {@code SftCriteria}.
 *   <li><b>Second looks at pairs</b>: {@code PairRetest}, {@code PairRetests}, {@code PairRounds}.
 *   <li><b>Files</b>: {@code PlanText} is printed, {@code PlanJson} kept, {@code SpecFile} read by workers; {@code Recorded…} take
 *       plans of earlier runs.
 *   <li><b>Training beforehand</b>: {@code TrainingCases} from configs; {@code TrainingPlan} with {@code TrainingBlock}, {@code
 *       TrainingTables} and {@code TrainingProjection} is the text; {@code Measured…} and {@code LinkFit} are what {@code
 *       -Dplan.from} takes.
 * </ul>
 */
package dev.assay.plan;
