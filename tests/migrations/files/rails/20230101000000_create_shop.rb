# frozen_string_literal: true

class CreateShop < ActiveRecord::Migration[7.0]
  def change
    enable_extension "pgcrypto"
    create_enum :mood, %w[happy sad]

    create_table :customers do |t|
      t.string :email, null: false, index: { unique: true }
      t.string :name, limit: 80, comment: "as it's said"
      t.jsonb :settings, null: false, default: {}
      t.text :tags, array: true, default: []
      t.enum :mood, enum_type: :mood
      t.timestamps
    end

    create_table :orders, id: :uuid do |t|
      t.references :customer, null: false, foreign_key: { on_delete: :cascade }
      t.belongs_to :owner, polymorphic: true
      t.decimal :total, precision: 10, scale: 2, default: 0
      t.datetime :placed_at, default: -> { "now()" }
      t.column :span, "daterange"
      t.virtual :twice, type: :decimal, as: "total * 2", stored: true
      t.check_constraint "total >= 0", name: "total_fine"
      t.index %i[customer_id placed_at], order: { placed_at: :desc }
    end

    create_join_table :customers, :orders
    create_table "old_things", primary_key: [:a, :b] do |t|
      t.integer :a, :b, null: false, limit: 8
    end
  end
end
