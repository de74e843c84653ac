/**
 * What a training step is: the shapes of the models, what a step costs in FLOPs, bytes and memory, and its arithmetic in
 * double precision. Knows no other package of ours.
 */
package dev.assay.training;
