//! Records counted by what they are found by.

use diesel::dsl::count_star;
use diesel::prelude::*;
use innocap_domain::{Content, Status};

use crate::connection::AnyConnection;
use crate::filter::{CONDITION, after_all_with, narrowed};
use crate::rows::stored_time;
use crate::schema::{facet, listing_suspension, record, standing};
use crate::{FacetMatch, Filter, Registry, RegistryError};

impl Registry {
    /// How many of the records that the filter lets through have each value of a facet. A record with several values
    /// counts for each.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_by<C: Content>(
        &self,
        filter: &Filter,
        name: &'static str,
    ) -> Result<Vec<(String, i64)>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| Ok(counts::<C>(connection, &filter, name)?)).await
    }

    /// How many of the records that the filter lets through have each pair of values of two facets. There is a query
    /// for each value of `few`, the facet of which there are fewer.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count_by_both<C: Content>(
        &self,
        filter: &Filter,
        few: &'static str,
        many: &'static str,
    ) -> Result<Vec<((String, String), i64)>, RegistryError> {
        let filter = filter.clone();
        self.read(move |connection| {
            let mut pairs = Vec::new();
            for (one, _) in counts::<C>(connection, &filter, few)? {
                let mut filter = filter.clone();
                filter.facets.push((few.to_owned(), FacetMatch::Any(vec![one.clone()])));
                let found = counts::<C>(connection, &filter, many)?;
                pairs.extend(found.into_iter().map(|(other, count)| ((one.clone(), other), count)));
            }
            Ok(pairs)
        })
        .await
    }
}

fn counts<C: Content>(connection: &mut AnyConnection, filter: &Filter, name: &str) -> QueryResult<Vec<(String, i64)>> {
    let values = facet::table
        .inner_join(record::table.on(record::id.eq(facet::record_id)))
        .group_by(facet::value)
        .select((facet::value, count_star()))
        .into_boxed();
    narrowed!(filter, C::KIND, values).filter(facet::name.eq(name.to_owned())).load(connection)
}
