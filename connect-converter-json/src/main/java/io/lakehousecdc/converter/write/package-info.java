// SPDX-License-Identifier: Apache-2.0
/** From Connect's values to JSON: writers that are compiled for a schema. */
package io.lakehousecdc.converter.write;
