// SPDX-License-Identifier: Apache-2.0

/** What the settings of the sink and of the transforms have in common. Needs the JDK only. */
package io.lakehousecdc.setting;
