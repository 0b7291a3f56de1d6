// SPDX-License-Identifier: Apache-2.0
/** Settings of {@code JsonConverter} that change how values are read and written. */
package io.lakehousecdc.converter.option;
