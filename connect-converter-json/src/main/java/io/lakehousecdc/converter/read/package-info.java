// SPDX-License-Identifier: Apache-2.0
/** From JSON to Connect's values: readers that are compiled for a schema. */
package io.lakehousecdc.converter.read;
